# Process từng frame thay vì batch lớn
for frame in frames:
    result = model.predict(frame, device='cuda')
    # Process immediately
    # Result sẽ được GC sau loop iteration
