/* A CUDA runtime without a GPU: "device" memory is ordinary memory, everything happens at once.
   FAKE_CUDA_GPU and FAKE_CUDA_CC say what it pretends to be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int major(void) { const char *cc = getenv("FAKE_CUDA_CC"); return cc ? atoi(cc) : 8; }
static int minor(void) { const char *cc = getenv("FAKE_CUDA_CC"); const char *dot = cc ? strchr(cc, '.') : 0; return dot ? atoi(dot + 1) : 7; }

const char *cudaGetErrorString(int code) { return code == 2 ? "out of memory" : "unknown error"; }
int cudaSetDeviceFlags(unsigned flags) { return 0; }
int cudaGetDeviceCount(int *count) { *count = getenv("FAKE_CUDA_NONE") ? 0 : 1; return 0; }
int cudaGetDeviceProperties(void *properties, int device)
{
    const char *name = getenv("FAKE_CUDA_GPU");
    snprintf(properties, 256, "%s", name ? name : "Fake Orin");
    return 0;
}
int cudaDeviceGetAttribute(int *value, int attribute, int device)
{
    *value = attribute == 75 ? major() : attribute == 76 ? minor() : -1;
    return 0;
}
int cudaRuntimeGetVersion(int *version) { *version = 12060; return 0; }
int cudaMemGetInfo(size_t *available, size_t *total) { *available = *total = (size_t)1 << 30; return 0; }
int cudaHostAlloc(void **host, size_t size, unsigned flags) { return (*host = malloc(size)) ? 0 : 2; }
int cudaMalloc(void **device, size_t size) { return (*device = malloc(size)) ? 0 : 2; }
int cudaStreamCreate(void **stream) { *stream = malloc(1); return 0; }
int cudaEventCreateWithFlags(void **event, unsigned flags) { *event = malloc(1); return 0; }
int cudaMemcpyAsync(void *to, const void *from, size_t size, int kind, void *stream)
{
    if (!stream || (kind != 1 && kind != 2)) return 1;
    memcpy(to, from, size);
    return 0;
}
int cudaEventRecord(void *event, void *stream) { return !event || !stream; }
int cudaStreamWaitEvent(void *stream, void *event, unsigned flags) { return !event || !stream || flags; }
int cudaEventSynchronize(void *event) { return !event; }
