"""A workspace: the folder with its settings, its workbooks and its database."""
