import Testing
import TruckrollTerminal

@testable import ServerCommands

@Suite("JSON of the operator's commands")
struct OperatorJSONTests {
    @Test(
        "has names as all our JSON has them, however deep",
        arguments: [
            (#"{"needsAttention":1}"#, #"{"needs_attention":1}"#),
            (#"[{"device":"aB","protocolVersion":1,"schemaVersion":null}]"#, #"[{"device":"aB","protocol_version":1,"schema_version":null}]"#),
            (#"{"settling":{"openRequests":[2]}}"#, #"{"settling":{"open_requests":[2]}}"#),
        ])
    func names(written: String, printed: String) throws {
        #expect(try JSONValue.parse(written).snakeCased == JSONValue.parse(printed))
    }
}
