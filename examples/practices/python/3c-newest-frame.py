import queue

# Giới hạn queue size để tránh memory buildup
frame_queue = queue.Queue(maxsize=2)  # ✅ Good

# Skip old frames
while not queue.empty():
    try:
        old_frame = queue.get_nowait()
        frame = old_frame  # Keep latest
        # Old frames sẽ được GC tự động
    except queue.Empty:
        break
