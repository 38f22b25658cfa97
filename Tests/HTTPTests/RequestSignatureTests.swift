import Testing
import TruckrollProtocol

struct SignatureVector: Sendable, CustomTestStringConvertible {
    let name: String
    let target: RequestTarget
    let body: [UInt8]
    let base: String
    let headers: [String]
    var testDescription: String { name }

    static let all = [
        SignatureVector(
            name: "a message",
            target: RequestTarget(method: "POST", pathAndQuery: "/v1/0199c82c-c000-7000-8000-000000000001/sync"),
            body: Array("hello".utf8),
            base: """
                "@method": POST
                "@path": /v1/0199c82c-c000-7000-8000-000000000001/sync
                "content-digest": sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:
                "@signature-params": ("@method" "@path" "content-digest");created=1760000000;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256"
                """,
            headers: [
                "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
                #"sig=("@method" "@path" "content-digest");created=1760000000;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
                "sig=:ftLt+MBKbrhpkixsO1GyeSqHlnT6cvyPAIQSylx4bqA=:",
            ]),
        SignatureVector(
            name: "a stream with a query and no body",
            target: RequestTarget(method: "GET", pathAndQuery: "/v1/default/stream?after=41"), body: [],
            base: """
                "@method": GET
                "@path": /v1/default/stream
                "@query": ?after=41
                "content-digest": sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:
                "@signature-params": ("@method" "@path" "@query" "content-digest");created=1760000000;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256"
                """,
            headers: [
                "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
                #"sig=("@method" "@path" "@query" "content-digest");created=1760000000;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
                "sig=:qGCHK1lVg/apBnmw8VyKMvs8tSiZ1n+5y3ReZNrM4qA=:",
            ]),
    ]
}

@Suite("Request signatures")
struct RequestSignatureTests {
    let key = (0..<32).map { UInt8($0) }
    let signature = RequestSignature(created: 1_760_000_000, nonce: (0xA0..<0xB0).map { UInt8($0) })
    let target = SignatureVector.all[0].target

    @Test("give the published base and header fields, and verify", arguments: SignatureVector.all)
    func vector(_ vector: SignatureVector) throws {
        let digest = BodyDigest(of: vector.body)
        #expect(signature.base(target: vector.target, digest: digest) == vector.base)
        let headers = signature.headers(target: vector.target, digest: digest, key: key)
        #expect(headers.map(\.name) == ["Content-Digest", "Signature-Input", "Signature"])
        #expect(headers.map(\.value) == vector.headers)
        let read = try RequestSignature(inputHeaderValue: vector.headers[1], target: vector.target)
        #expect(read == signature)
        #expect(BodyDigest(headerValue: vector.headers[0]) == digest)
        try read.verify(headerValue: vector.headers[2], target: vector.target, digest: digest, key: key)
    }

    @Test(
        "refuse every other spelling of the input",
        arguments: [
            "", "sig", #"sig=();created=1;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
            #"sig=("@method" "@path");created=1;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
            #"sig=("@path" "@method" "content-digest");created=1;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
            #"sig=("@method" "@path" "content-digest");created=01;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
            #"sig=("@method" "@path" "content-digest");created=-1;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
            #"sig=("@method" "@path" "content-digest");created=99999999999999999999;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
            #"sig=("@method" "@path" "content-digest");created=1;nonce="oKGio6Slpqeoqaqr";keyid="token";alg="hmac-sha256""#,
            #"sig=("@method" "@path" "content-digest");created=1;nonce="oKGio6SlpqeoqaqrrK2urx";keyid="token";alg="hmac-sha256""#,
            #"sig=("@method" "@path" "content-digest");created=1;nonce=";keyid="token";alg="hmac-sha256""#,
            #"sig=("@method" "@path" "content-digest");created=1;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="none""#,
            #"sig=("@method" "@path" "content-digest");created=1;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="../key";alg="hmac-sha256""#,
            #"sig=("@method" "@path" "content-digest");created=1;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256";tag="x""#,
            #"sig=("@method" "@path" "@query" "content-digest");created=1;nonce="oKGio6SlpqeoqaqrrK2urw";keyid="token";alg="hmac-sha256""#,
        ])
    func refusedInput(_ value: String) {
        #expect(throws: RequestSignatureProblem.self) { try RequestSignature(inputHeaderValue: value, target: target) }
    }

    @Test(
        "refuse other digests and spellings",
        arguments: [
            "", "sha-256=::", "sha-512=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
            "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCR=:", "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
            "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:, sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
        ])
    func refusedDigest(_ value: String) { #expect(BodyDigest(headerValue: value) == nil) }

    @Test("do not verify when anything they cover changed")
    func changed() {
        let digest = BodyDigest(of: [1])
        let value = signature.headerValue(target: target, digest: digest, key: key)
        let moved = RequestTarget(method: "POST", pathAndQuery: target.path + "?")
        let put = RequestTarget(method: "PUT", pathAndQuery: target.path)
        let later = RequestSignature(created: 1_760_000_001, nonce: signature.nonce)
        for (other, target, digest, key) in [
            (signature, moved, digest, key), (signature, put, digest, key), (signature, target, .empty, key),
            (later, target, digest, key), (signature, target, digest, Array(key.reversed())),
        ] {
            #expect(throws: RequestSignatureProblem.self) {
                try other.verify(headerValue: value, target: target, digest: digest, key: key)
            }
        }
    }

    @Test("are fresh for two minutes to either side")
    func fresh() {
        for (seconds, fresh) in [(1_759_999_880, true), (1_759_999_879, false), (1_760_000_120, true), (1_760_000_121, false)] {
            #expect(signature.isFresh(atUnixSeconds: UInt64(seconds)) == fresh)
        }
        #expect(!signature.isFresh(atUnixSeconds: .max))
        #expect(!signature.isFresh(atUnixSeconds: 0))
    }
}
