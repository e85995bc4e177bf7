package io.meshlog.meshapi.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.schemas.etcd.AuthEnableRequest;
import io.meshlog.schemas.etcd.AuthGrpc;
import io.meshlog.schemas.etcd.AuthRoleAddRequest;
import io.meshlog.schemas.etcd.AuthRoleGrantPermissionRequest;
import io.meshlog.schemas.etcd.AuthStatusRequest;
import io.meshlog.schemas.etcd.AuthUserAddRequest;
import io.meshlog.schemas.etcd.AuthUserGrantRoleRequest;
import io.meshlog.schemas.etcd.Permission;
import io.meshlog.schemas.etcd.UserAddOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Cilium's etcdinit sets up is in force already; what is not in force is not said to be. */
class AuthTest {
    private TestEtcd etcd;
    private AuthGrpc.AuthBlockingStub auth;

    @BeforeEach
    void start() throws Exception {
        etcd = new TestEtcd(60_000);
        auth = AuthGrpc.newBlockingStub(etcd.channel);
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    private void addUser(String name, boolean withoutPassword) {
        var unused = auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName(name)
                .setOptions(UserAddOptions.newBuilder().setNoPassword(withoutPassword))
                .build());
    }

    private void grantRole(String user, String role) {
        var unused = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(user)
                .setRole(role)
                .build());
    }

    private void grant(String role, Permission.Type type, String key, String end) {
        var unused = auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(role)
                .setPerm(Permission.newBuilder()
                        .setPermType(type)
                        .setKey(TestEtcd.bytes(key))
                        .setRangeEnd(TestEtcd.bytes(end)))
                .build());
    }

    @Test
    void ciliumsOwnSetUp_goesThrough() {
        addUser("root", true);
        grantRole("root", "root");
        addUser("admin-eastus", true);
        grantRole("admin-eastus", "root");
        addUser("local-eastus", true);
        addRole("local");
        grantRole("local-eastus", "local");
        grant("local", Permission.Type.READ, "cilium/.heartbeat", "cilium/.heartbeau");
        grant("local", Permission.Type.READ, "cilium/cache/", "cilium/cache0");
        grant("local", Permission.Type.READ, "cilium/cluster-config/", "cilium/cluster-config0");
        grant("local", Permission.Type.READ, "cilium/synced/", "cilium/synced0");
        addUser("remote", true);
        addRole("remote");
        grantRole("remote", "remote");
        grant("remote", Permission.Type.READ, "cilium/.heartbeat", "cilium/.heartbeau");
        grant("remote", Permission.Type.READ, "cilium/state/", "cilium/state0");
        grant("remote", Permission.Type.READ, "cilium/cluster-config/eastus", "");
        grant("remote", Permission.Type.READ, "cilium/synced/eastus/", "cilium/synced/eastus0");
        addUser("remote-westeurope", true);
        grantRole("remote-westeurope", "remote");
        assertThat(auth.authEnable(AuthEnableRequest.getDefaultInstance())
                        .getHeader()
                        .getClusterId())
                .isNotZero();
        assertThat(auth.authStatus(AuthStatusRequest.getDefaultInstance()).getEnabled())
                .isTrue();
    }

    private void addRole(String name) {
        var unused = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
    }

    @Test
    void whatIsNotInForce_isRefusedInWords() {
        assertThatThrownBy(() -> addUser("mallory", true)).hasMessageContaining("none \"mallory\"");
        assertThatThrownBy(() -> addUser("remote", false)).hasMessageContaining("without a password");
        assertThatThrownBy(() -> grantRole("remote", "root")).hasMessageContaining("does not have the role root");
        assertThatThrownBy(() -> addRole("writers")).hasMessageContaining("no role \"writers\"");
        assertThatThrownBy(() -> grant("local", Permission.Type.READ, "cilium/state/", "cilium/state0"))
                .hasMessageContaining("may not READ what begins at cilium/state/");
        assertThatThrownBy(() -> grant("remote", Permission.Type.READWRITE, "cilium/cache/", "cilium/cache0"))
                .hasMessageContaining("may not READWRITE");
        assertThatThrownBy(() -> grant("remote", Permission.Type.READ, "a", "\0"))
                .hasMessageContaining("UNIMPLEMENTED");
    }
}
