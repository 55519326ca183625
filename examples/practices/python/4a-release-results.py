from ultralytics import YOLO

model = YOLO("model.pt")
results = model.predict(frame, device='cuda')

# ❌ SAI: Giữ toàn bộ results
processed_results = results

# ✅ ĐÚNG: Extract cần thiết và release
boxes = results[0].boxes
masks = results[0].masks

# Process boxes/masks
if masks is not None:
    for i, mask in enumerate(masks.data):
        mask_cpu = mask.cpu().numpy()  # Move to CPU
        # Process mask_cpu
        del mask  # Release GPU tensor

del results  # Release YOLO results
torch.cuda.empty_cache()
