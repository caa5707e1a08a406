"""llama.cpp's own server in a process of its own: python tests/llama_server.py FILE.gguf PORT."""

import sys
import threading


def main() -> None:
    """Serve a model on a port of this machine until killed."""
    import xllamacpp

    file, port = sys.argv[1:]
    chosen = xllamacpp.CommonParams()
    chosen.model.path = file
    chosen.hostnames, chosen.port = ["127.0.0.1"], int(port)
    chosen.n_ctx, chosen.n_parallel, chosen.cpuparams.n_threads = 8_192, 1, 1
    chosen.n_gpu_layers, chosen.warmup = 0, False
    server = xllamacpp.Server(chosen)
    assert server.listening_address
    threading.Event().wait()


if __name__ == "__main__":
    main()
