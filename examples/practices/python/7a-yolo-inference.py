# Trong optimized_worker.py
with self.model_lock:
    results = self.model.predict(frame, device=device)
result = results[0] if results else None

# Process result
# ... detection logic ...

# Release GPU tensors sau khi xử lý
if result is not None and hasattr(result, 'boxes'):
    # Extract cần thiết
    boxes = result.boxes
    masks = result.masks
    
    # Process và release từng mask
    for i, mask in enumerate(masks.data):
        mask_cpu = mask.cpu().numpy()
        # Process mask_cpu
        del mask  # Release GPU tensor
    
    # Periodically clear cache
    if self._detection_count % 10 == 0:
        torch.cuda.empty_cache()
