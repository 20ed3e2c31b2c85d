"""A reel in the forms of other tools: each module takes a reel and a choice of its events, and writes one file.

tables    what is in a reel as named columns
csv       events, a line each
parquet   events as columns
perfetto  tracks, flows and counters for Perfetto and chrome://tracing
shiviz    events with vector clocks
mermaid   a sequence diagram
"""
