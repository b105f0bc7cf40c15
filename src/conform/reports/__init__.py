"""Results become what people and CI systems read: summaries, HTML, JUnit, Markdown, a terminal."""
