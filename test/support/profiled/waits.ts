/** A thread that ends by itself. */
setTimeout(() => undefined, 100);
