package io.meshlog.meshapi.store;

class MemoryReplicaStoreTest extends ReplicaStoreContract {
    @Override
    ReplicaStore open() {
        return new MemoryReplicaStore();
    }
}
