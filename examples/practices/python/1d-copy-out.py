# Khi không cần gradient
tensor = tensor.detach().cpu().numpy()
# Hoặc
tensor = tensor.cpu().detach().numpy()
