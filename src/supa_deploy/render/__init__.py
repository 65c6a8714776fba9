"""Reports as people and pipelines see them: screen, JSON, GitHub Actions. The only place that prints or formats.

Values come in as `model.Report` and leave as text; `streams.write` is what puts text on a stream.
"""
