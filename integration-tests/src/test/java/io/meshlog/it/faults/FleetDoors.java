package io.meshlog.it.faults;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.meshlog.meshapi.MeshApiConfig.Listen;
import io.meshlog.publisher.grpc.GatewaySecurity;

/** How the parts of a fleet know each other. */
public interface FleetDoors {
    /** Plaintext, and everybody is believed. */
    FleetDoors INSECURE = new FleetDoors() {
        @Override
        public Listen listen(int grpcPort) {
            return new Listen(KafkaProxy.loopback(grpcPort), KafkaProxy.loopback(0), true);
        }

        @Override
        public GatewaySecurity publisher() {
            return new GatewaySecurity.InsecureDev("publisher");
        }

        @Override
        public ChannelCredentials operator() {
            return InsecureChannelCredentials.create();
        }
    };

    /** How a replica serves on loopback. */
    Listen listen(int grpcPort);

    /** How the scripted cluster's publisher comes. */
    GatewaySecurity publisher();

    /** How an operator comes. */
    ChannelCredentials operator();
}
