package io.meshlog.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The layering, checked on the class files. A rule about packages that are not there yet holds. */
@AnalyzeClasses(packages = "io.meshlog", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String[] PURE = {
        "io.meshlog.events.model..",
        "io.meshlog.events.fold..",
        "io.meshlog.publisher.export..",
        "io.meshlog.meshapi.watch..",
    };

    private static final String[] GENERATED = {"io.meshlog.schemas.."};

    private static final Set<String> FACES = Set.of("grpc", "etcd", "dns", "console");

    private static final List<String> DOMAIN_MODULES = List.of("publisher", "projector", "meshapi");

    /** What reads a clock or draws lots, by the class that does and the names of the methods; "*" is all of them. */
    private static final Map<Class<?>, Set<String>> CLOCKS_AND_DICE = Map.of(
            System.class, Set.of("currentTimeMillis", "nanoTime"),
            Clock.class, Set.of("systemUTC", "systemDefaultZone", "system", "tickMillis", "tickSeconds", "tickMinutes"),
            UUID.class, Set.of("randomUUID"),
            Math.class, Set.of("random"),
            ThreadLocalRandom.class, Set.of("*"));

    @ArchTest
    static final ArchRule pureParts_doNoInputOrOutput = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "org.apache.kafka..",
                            "io.grpc..",
                            "io.netty..",
                            "org.rocksdb..",
                            "io.fabric8..",
                            "java.io..",
                            "java.net..",
                            "java.nio.channels..",
                            "java.nio.file..")
                    .and(not(type(Serializable.class)))
                    .and(not(type(UncheckedIOException.class))))
            .because("the core does no I/O: what it decides is a function of what it is given")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule pureParts_readNoClockAndDrawNoLots = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .accessTargetWhere(readsAClockOrDrawsLots())
            .because("time and chance come in by constructor or by event, so that every replay decides the same")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule schemas_knowNothingOfUs = noClasses()
            .that()
            .resideInAnyPackage(GENERATED)
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.meshlog..").and(not(resideInAnyPackage(GENERATED))));

    @ArchTest
    static final ArchRule events_knowOnlySchemas = noClasses()
            .that()
            .resideInAPackage("io.meshlog.events..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.meshlog..")
                    .and(not(resideInAnyPackage("io.meshlog.events..", "io.meshlog.schemas.."))));

    @ArchTest
    static final ArchRule publisherProjectorAndMeshApi_meetOnlyAtTopicsAndProtos = slices().assignedFrom(
                    slicesBelow("io.meshlog.", DOMAIN_MODULES))
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule events_hasNoPackageCycles = packagesOf("events");

    @ArchTest
    static final ArchRule broker_hasNoPackageCycles = packagesOf("broker");

    @ArchTest
    static final ArchRule publisher_hasNoPackageCycles = packagesOf("publisher");

    @ArchTest
    static final ArchRule projector_hasNoPackageCycles = packagesOf("projector");

    @ArchTest
    static final ArchRule meshApi_hasNoPackageCycles = packagesOf("meshapi");

    @ArchTest
    static final ArchRule cli_hasNoPackageCycles = packagesOf("cli");

    @ArchTest
    static final ArchRule faces_doNotKnowEachOther = slices().assignedFrom(slicesBelow("io.meshlog.meshapi.", FACES))
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    /** {@code grpc, etcd, dns, console -> watch -> store <- feed}; a face may also read the store that lies below. */
    @ArchTest
    static final ArchRule meshApi_pointsAtTheStore = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("faces")
            .definedBy(
                    "io.meshlog.meshapi.grpc..",
                    "io.meshlog.meshapi.etcd..",
                    "io.meshlog.meshapi.dns..",
                    "io.meshlog.meshapi.console..")
            .layer("watch")
            .definedBy("io.meshlog.meshapi.watch..")
            .layer("feed")
            .definedBy("io.meshlog.meshapi.feed..")
            .layer("store")
            .definedBy("io.meshlog.meshapi.store..")
            .whereLayer("faces")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("watch")
            .mayOnlyBeAccessedByLayers("faces")
            .whereLayer("feed")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("store")
            .mayOnlyBeAccessedByLayers("faces", "watch", "feed")
            .allowEmptyShould(true);

    private static ArchRule packagesOf(String module) {
        return slices().matching("io.meshlog." + module + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true);
    }

    /** One slice for each of the names that follow the prefix in the package names of our classes. */
    private static SliceAssignment slicesBelow(String prefix, Iterable<String> names) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                for (String name : names) {
                    if ((javaClass.getPackageName() + ".").startsWith(prefix + name + ".")) {
                        return SliceIdentifier.of(name);
                    }
                }
                return SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return prefix + names;
            }
        };
    }

    private static DescribedPredicate<JavaAccess<?>> readsAClockOrDrawsLots() {
        return DescribedPredicate.describe("reads a clock or draws lots", access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getName();
            for (var entry : CLOCKS_AND_DICE.entrySet()) {
                if (owner.isEquivalentTo(entry.getKey())
                        && (entry.getValue().contains(name) || entry.getValue().contains("*"))) {
                    return true;
                }
            }
            return nowWithoutAClock(access) || diceWithoutASeed(access);
        });
    }

    /** {@code Instant.now()} and its like in {@code java.time}; those that are given a clock are fine. */
    private static boolean nowWithoutAClock(JavaAccess<?> access) {
        return access.getTargetOwner().getPackageName().equals(Instant.class.getPackageName())
                && access.getName().equals("now")
                && parameters(access).stream().noneMatch(parameter -> parameter.isEquivalentTo(Clock.class));
    }

    private static boolean diceWithoutASeed(JavaAccess<?> access) {
        return access.getTargetOwner().isAssignableTo(Random.class)
                && access.getName().equals(JavaConstructor.CONSTRUCTOR_NAME)
                && parameters(access).isEmpty();
    }

    private static List<JavaClass> parameters(JavaAccess<?> access) {
        return access.getTarget() instanceof CodeUnitAccessTarget target ? target.getRawParameterTypes() : List.of();
    }
}
