"""Commands about studies: what is run, what is printed, and the folder of tables and figures beside the runs."""
