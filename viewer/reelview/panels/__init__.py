"""What stands around the timeline: each panel reads the session, and asks it for changes.

page_panel  a panel that is a page of text with links
curves      the curves under the timeline
parts       a number as the sum of its parts
"""
