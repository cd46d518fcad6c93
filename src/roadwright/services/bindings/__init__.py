"""What each tab needs beyond its declaration: how its rows are loaded from the models, judged and saved."""
