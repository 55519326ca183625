# OpenCV tự động quản lý memory cho Mat objects
# Nhưng cần chú ý:
# - Copy chỉ khi cần thiết
# - Release VideoCapture/VideoWriter khi done

cap = cv2.VideoCapture(url)
# ... use cap ...
cap.release()  # Quan trọng!
