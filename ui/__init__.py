"""The app: draws what `tutor.Tutor` returns and decides nothing. Texts are in `texts.toml`, colours in `theme.toml`."""
