package io.meshlog.meshapi.etcd.wire;

/** How much of what can be made again is kept: little where the heap is small. */
public final class KeptBytes {
    private KeptBytes() {}

    /**
     * The bound of a cache, in bytes.
     *
     * @param most the bound in a large heap
     * @param heapPart at most one in so many bytes of the largest heap
     */
    public static long atMost(long most, int heapPart) {
        return atMost(most, heapPart, Runtime.getRuntime().maxMemory());
    }

    static long atMost(long most, int heapPart, long maxHeapBytes) {
        return Math.min(most, maxHeapBytes / heapPart);
    }
}
