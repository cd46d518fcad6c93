"""Many solves of one problem that was changed a little each time, told one by one as they come."""
