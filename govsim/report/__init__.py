"""What people look at: tables on a terminal, figures, files for a spreadsheet. Nothing new is computed."""
