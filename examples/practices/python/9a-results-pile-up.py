# ❌ SAI
self.all_results = []  # Giữ tất cả results
for frame in frames:
    result = model.predict(frame)
    self.all_results.append(result)  # Memory leak!

# ✅ ĐÚNG
for frame in frames:
    result = model.predict(frame)
    # Process immediately
    process(result)
    # Result được GC tự động
