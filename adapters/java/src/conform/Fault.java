package conform;

import com.fasterxml.jackson.databind.JsonNode;

/** Why the adapter cannot do what it was asked; the SDK has no part in it. */
final class Fault extends Exception {
  static final int NOT_JSON = -32700;
  static final int NO_REQUEST = -32600;
  static final int NO_METHOD = -32601;
  static final int WRONG_PARAMS = -32602;
  static final int FAILED = -32603;
  static final int OTHER_VERSION = -32000;
  static final int NOT_STARTED = -32001;
  static final int NO_SDK = -32002;

  private static final long serialVersionUID = 1L;

  private final int code;

  Fault(int code, String message) {
    super(message);
    this.code = code;
  }

  int code() {
    return code;
  }

  /** The text of a member that a request cannot do without. */
  static String required(JsonNode params, String name) throws Fault {
    JsonNode member = params.path(name);
    if (!member.isTextual()) {
      throw new Fault(WRONG_PARAMS, name + " is missing");
    }
    return member.textValue();
  }
}
