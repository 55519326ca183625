# Skip old frames trong queue
frame = None
while not self._detection_queue.empty():
    try:
        old_frame = self._detection_queue.get_nowait()
        frame = old_frame  # Keep latest
        # Old frames được GC tự động
    except:
        break

# Process frame
if frame is not None:
    display_frame = frame.copy()  # Only copy when needed
    # ... process ...
    # frame sẽ được GC sau khi out of scope
