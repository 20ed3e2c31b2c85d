"""From spans to the pixels of a timeline, in numpy; the hot loops are in C where that can be compiled (compiled.py).

window      a range of time over a number of pixels
frame       what is seen in each pixel of each row
canvas      the frame while spans are put on it
exact       every visible span, to the pixel
index_mip   blocks of spans, where many crowd in few pixels
pyramid     bins of time, where a pixel is wider than a bin
choose      the one of these for a frame
merge       several rows in one
palette     colours
compose     a frame and the heights of its rows, as an image
"""
