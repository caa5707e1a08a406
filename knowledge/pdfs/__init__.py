"""How the text layer of a PDF becomes blocks: characters, lines, columns, headings, tables, references."""
