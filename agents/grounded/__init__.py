"""Items that rest on the course: its statements, misconceptions, facts and authored questions."""
