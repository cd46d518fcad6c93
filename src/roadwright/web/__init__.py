"""The control room: pages in a browser. A thin door, which asks, allows and shows; what happens is defined below it."""
