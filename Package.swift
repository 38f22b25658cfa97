// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// What a program over a device's store stands on.
let deviceRooms: [Target.Dependency] = [
    "TruckrollClient", "TruckrollStoreSQLite", "TruckrollStoreSQL", "TruckrollSync", "TruckrollProtocol", "TruckrollDomain",
    "TruckrollCore",
]

/// A library of ours, under Sources/ in a folder of its own name.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: settings)
}

/// A command: a file with `@main` that starts a command line kept in a library.
func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Sources/Executables/\(name)", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

let package = Package(
    name: "truckroll",
    products: [
        .library(name: "TruckrollCore", targets: ["TruckrollCore"]),
        .library(name: "TruckrollDomain", targets: ["TruckrollDomain"]),
        .library(name: "TruckrollProtocol", targets: ["TruckrollProtocol"]),
        .library(name: "TruckrollSync", targets: ["TruckrollSync"]),
        .library(name: "TruckrollClient", targets: ["TruckrollClient"]),
        .library(name: "TruckrollServer", targets: ["TruckrollServer"]),
        .library(name: "TruckrollCertificates", targets: ["TruckrollCertificates"]),
        .executable(name: "truckroll-server", targets: ["ServerMain"]),
        .executable(name: "truckroll-field", targets: ["FieldMain"]),
        .executable(name: "truckroll-dispatch", targets: ["DispatchMain"]),
        .executable(name: "truckroll-certificates", targets: ["CertificatesMain"]),
        .executable(name: "truckroll-simulate", targets: ["SimulateMain"]),
        .executable(name: "truckroll-benchmark", targets: ["BenchmarkMain"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    ],
    targets: [
        // The schemas are data; this target only carries them into the binary.
        .target(
            name: "TruckrollSchemas", path: "Schemas", exclude: ["README.md", "tables.sql"],
            resources: [.embedInCode("entities")], swiftSettings: settings),

        // On Apple's platforms CryptoKit is part of the system.
        .systemLibrary(name: "COpenSSL", path: "Sources/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        room("TruckrollCryptography", [.target(name: "COpenSSL", condition: .when(platforms: [.linux]))]),
        room("TruckrollCore", ["TruckrollCryptography"]),
        room("TruckrollDomain", ["TruckrollCore", "TruckrollSchemas", "TruckrollCryptography"]),
        room("TruckrollProtocol", ["TruckrollCore", "TruckrollDomain", protobuf, "TruckrollCryptography"]),
        room("TruckrollSync", ["TruckrollCore", "TruckrollDomain", "TruckrollProtocol"]),
        .systemLibrary(name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        room("TruckrollCompression", ["TruckrollSync", "CZstd"]),
        room("TruckrollStoreSQL", ["TruckrollSync", "TruckrollDomain", "TruckrollCore"]),
        room(
            "TruckrollStoreSQLite", ["TruckrollStoreSQL", "TruckrollSync", "TruckrollProtocol", "TruckrollDomain", "TruckrollCore", grdb]),
        .systemLibrary(name: "CLibpq", path: "Sources/CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        room("TruckrollStorePostgres", ["TruckrollStoreSQL", "TruckrollSync", "TruckrollDomain", "TruckrollCore", "CLibpq"]),
        room(
            "TruckrollClient",
            [
                "TruckrollSync", "TruckrollProtocol", "TruckrollDomain", "TruckrollCore", "TruckrollStoreSQLite", "TruckrollStoreSQL",
                "TruckrollCompression",
                "TruckrollCryptography", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        room(
            "TruckrollServer",
            [
                "TruckrollSync", "TruckrollProtocol", "TruckrollDomain", "TruckrollCore", "TruckrollStoreSQLite", "TruckrollStorePostgres",
                "TruckrollStoreSQL", "TruckrollCompression",
                "TruckrollCryptography", logging, .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .systemLibrary(
            name: "CCairo", path: "Sources/CCairo", pkgConfig: "pangocairo",
            providers: [.apt(["libpango1.0-dev", "libcairo2-dev"])]),
        .systemLibrary(
            name: "CQrencode", path: "Sources/CQrencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        room("TruckrollCertificates", ["TruckrollDomain", "TruckrollCore", "CCairo", "CQrencode", "TruckrollCryptography"]),
        room("TruckrollStoreMemory", ["TruckrollSync", "TruckrollProtocol", "TruckrollDomain", "TruckrollCore"]),
        room("TruckrollSimulation", ["TruckrollStoreMemory", "TruckrollSync", "TruckrollProtocol", "TruckrollDomain", "TruckrollCore"]),
        room("TruckrollDemoData", ["TruckrollDomain", "TruckrollCore"]),
        room("TruckrollTerminal"),

        room(
            "ServerCommands",
            [
                "TruckrollServer", "TruckrollSync", "TruckrollStoreSQLite", "TruckrollStoreSQL", "TruckrollDomain", "TruckrollCore",
                "TruckrollDemoData",
                "TruckrollTerminal", argumentParser, logging, .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        room("CommandEntry", ["TruckrollTerminal", argumentParser]),
        room("CommandSupport", deviceRooms + ["TruckrollTerminal", argumentParser]),
        room("FieldCommands", deviceRooms + ["TruckrollTerminal", "CommandSupport", argumentParser]),
        room("DispatchCommands", deviceRooms + ["TruckrollTerminal", "CommandSupport", argumentParser]),
        room("CertificateCommands", deviceRooms + ["TruckrollCertificates", "TruckrollTerminal", "CommandSupport", argumentParser]),
        room("SimulateCommands", ["TruckrollDomain", "TruckrollSimulation", argumentParser]),
        command("SimulateMain", ["SimulateCommands", argumentParser]),
        room(
            "BenchmarkCommands",
            [
                "TruckrollServer", "TruckrollClient", "TruckrollStoreMemory", "TruckrollSync", "TruckrollProtocol", "TruckrollDomain",
                "TruckrollCore",
                argumentParser, grdb,
            ]),
        command("BenchmarkMain", ["BenchmarkCommands", argumentParser]),
        command("ServerMain", ["ServerCommands", "CommandEntry", argumentParser]),
        command("FieldMain", ["FieldCommands", "CommandEntry", argumentParser]),
        command("DispatchMain", ["DispatchCommands", "CommandEntry", argumentParser]),
        command("CertificatesMain", ["CertificateCommands", "CommandEntry", argumentParser]),

        tests("TruckrollCryptographyTests", ["TruckrollCryptography", "TruckrollCore"]),
        tests("TruckrollCoreTests", ["TruckrollCore"]),
        tests("TruckrollDomainTests", ["TruckrollDomain", "TruckrollCore", "TruckrollStoreSQLite", "TruckrollStoreSQL"]),
        tests(
            "ProtocolVectorTests",
            [
                "PostgresCluster",
                "TruckrollCompression", "TruckrollStoreSQLite", "TruckrollStoreSQL", "TruckrollSync", "TruckrollProtocol", "TruckrollDomain",
                "TruckrollCore",
                "TruckrollCryptography",
            ]),
        tests(
            "TruckrollSyncTests",
            [
                "PostgresCluster",
                "TruckrollSync", "TruckrollCompression", "TruckrollStoreSQLite", "TruckrollStoreSQL", "TruckrollStoreMemory", "TruckrollProtocol",
                "TruckrollDomain",
                "TruckrollCore", grdb,
            ]),
        tests(
            "TruckrollStoreTests",
            [
                "PostgresCluster", "FaultyNetwork", "TruckrollStorePostgres", "TruckrollStoreSQLite", "TruckrollStoreSQL", "TruckrollStoreMemory",
                "TruckrollSync",
                "TruckrollProtocol",
                "TruckrollDomain", "TruckrollCore", grdb,
            ]),
        .target(
            name: "PostgresCluster", dependencies: ["TruckrollStorePostgres", "TruckrollDomain", "TruckrollCore"], path: "Tests/PostgresCluster",
            swiftSettings: settings),
        .target(name: "FaultyNetwork", path: "Tests/FaultyNetwork", swiftSettings: settings),
        tests(
            "HTTPTests",
            [
                "PostgresCluster", "FaultyNetwork", "TruckrollServer", "TruckrollClient", "TruckrollSync", "TruckrollStorePostgres",
                "TruckrollStoreSQLite", "TruckrollStoreSQL",
                "TruckrollProtocol",
                "TruckrollDomain",
                "TruckrollCore", "TruckrollCryptography", grdb, logging, .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests("TruckrollCertificatesTests", ["TruckrollCertificates", "TruckrollDomain", "TruckrollCore", "TruckrollCryptography"]),
        tests("TruckrollDemoDataTests", ["TruckrollDemoData", "TruckrollDomain", "TruckrollCore"]),
        tests("TruckrollTerminalTests", ["TruckrollTerminal"]),
        tests("FieldTests", deviceRooms + ["TruckrollTerminal", "CommandSupport", "FieldCommands", argumentParser]),
        tests(
            "DispatchTests",
            deviceRooms + ["TruckrollCertificates", "TruckrollTerminal", "CommandSupport", "DispatchCommands", "CertificateCommands", argumentParser]),
        tests(
            "SimulationTests",
            ["TruckrollSimulation", "TruckrollSync", "TruckrollStoreSQLite", "TruckrollStorePostgres", "TruckrollDomain", "PostgresCluster"]),
        tests(
            "CommandLineTests",
            [
                "ServerCommands", "SimulateCommands", "FieldCommands", "DispatchCommands", "CertificateCommands", "CommandEntry", "TruckrollTerminal",
                argumentParser,
            ]),
        tests(
            "EndToEndTests",
            [
                "FaultyNetwork", "TruckrollServer", "TruckrollClient", "TruckrollSync", "TruckrollStoreSQLite", "TruckrollStoreSQL",
                "TruckrollProtocol", "TruckrollDomain", "TruckrollCore", "ServerMain",
                "FieldMain", "DispatchMain", "CertificatesMain", grdb,
            ]),
    ],
    swiftLanguageModes: [.v6]
)
