# Tự động release khi out of scope
with torch.no_grad():
    results = model.predict(frame)
    # Process results
    # GPU tensors sẽ được release tự động
