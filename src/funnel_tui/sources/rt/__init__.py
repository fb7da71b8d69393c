"""Request Tracker 5, by its REST2 interface."""
