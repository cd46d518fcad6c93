/* The theme of pages outside the control room: the system's. */
if (matchMedia("(prefers-color-scheme: dark)").matches) document.body.classList.add("body--dark");
