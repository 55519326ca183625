class ResourceManager:
    def __enter__(self):
        return self
    
    def __exit__(self, exc_type, exc_val, exc_tb):
        # Cleanup
        if hasattr(self, 'cap'):
            self.cap.release()
        import gc
        gc.collect()

# Usage
with ResourceManager() as rm:
    rm.cap = cv2.VideoCapture(url)
    # Use rm.cap
    # Tự động release khi done
