package io.meshlog.meshapi.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class UnsupportedTest {
    @Test
    void whatIsNotDone_isRefusedInWords() throws Exception {
        try (TestEtcd etcd = new TestEtcd(60_000)) {
            Set<String> refused = new HashSet<>();
            for (BindableService service : etcd.services.all()) {
                for (MethodDescriptor<?, ?> method :
                        service.bindService().getServiceDescriptor().getMethods()) {
                    if (Unsupported.methods().containsKey(method.getFullMethodName())) {
                        assertThatThrownBy(() -> call(etcd, method))
                                .as(method.getFullMethodName())
                                .hasMessageStartingWith("UNIMPLEMENTED: meshlog: ");
                        refused.add(method.getFullMethodName());
                    }
                }
            }
            assertThat(refused)
                    .containsExactlyInAnyOrderElementsOf(Unsupported.methods().keySet());
        }
    }

    private static void call(TestEtcd etcd, MethodDescriptor<?, ?> method) {
        MethodDescriptor.Marshaller<InputStream> raw = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(InputStream value) {
                return value;
            }

            @Override
            public InputStream parse(InputStream stream) {
                return stream;
            }
        };
        MethodDescriptor<InputStream, InputStream> bare = MethodDescriptor.<InputStream, InputStream>newBuilder()
                .setType(MethodType.SERVER_STREAMING)
                .setFullMethodName(method.getFullMethodName())
                .setRequestMarshaller(raw)
                .setResponseMarshaller(raw)
                .build();
        var answers = ClientCalls.blockingServerStreamingCall(
                etcd.channel, bare, CallOptions.DEFAULT, new ByteArrayInputStream(new byte[0]));
        assertThat(answers.hasNext()).as("an answer").isFalse();
    }
}
