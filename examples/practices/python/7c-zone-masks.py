# Cache masks nhưng release intermediate arrays
def _detect_coal_blockage(self, frame, result):
    # Create mask (cached nếu có thể)
    roi_mask = np.zeros((h, w), dtype=np.uint8)
    
    # Process
    for mask_tensor in masks.data:
        mask_cpu = mask_tensor.cpu().numpy()  # Move to CPU
        # Process mask_cpu
        del mask_tensor  # Release GPU reference
    
    # Intermediate arrays sẽ được GC
    return result
