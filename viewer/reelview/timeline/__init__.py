"""The timeline: what it shows as plain data, its state as small objects, and the widget that draws both.

data        what a timeline shows
view_range  which part of the run is seen
history     where a person has been: the places behind and ahead
selection   the event and the range that are selected
cursor      the moment that every panel shows
markers     signals and console lines, as many as there is room for
critical    the critical path as lines
layers      what is drawn with the events when it is asked for
lane_order  which lanes stand where
layout      lines and their heights
labels      which spans have room for text
picture     the spans, arrows and marks of the range, as one image
names       the column of names
axis        the two axes
overlay     cursor, selection and hover, over the picture
pulse       what the run does at the cursor
frame_paint a frame: the picture, the names, the axes, and what is drawn over them
hover       what is under the mouse
keys        what each key does
mouse       what each drag does
motion      gliding while a key is held
pace        when the next frame of what moves is due
scrolling   how high the lanes are, and how far they are scrolled
scroll_bar  a scroll bar that keeps its picture
widget      all of it
legend      what colours and marks mean
"""
