package conform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns Java's values into tagged ones and back, and loses nothing of what they are. */
final class Values {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** How many lists and maps inside each other are shown; whoever reads them has a limit too. */
  private static final int DEEPEST = 64;

  private Values() {}

  /** What stands for an attribute that an object does not have. */
  static JsonNode absent() {
    return JSON.objectNode().put("kind", "absent");
  }

  /** A Java value as a tagged one. */
  static ObjectNode encode(Object value) {
    return encode(value, 0);
  }

  private static ObjectNode encode(Object value, int depth) {
    if (value == null) {
      return JSON.objectNode().put("kind", "null").put("native", "null");
    }
    ObjectNode tagged = JSON.objectNode().put("native", value.getClass().getTypeName());
    if (value instanceof Boolean) {
      return tagged.put("kind", "boolean").put("text", value.toString());
    }
    if (value instanceof Number) {
      boolean fraction =
          value instanceof Double || value instanceof Float || value instanceof BigDecimal;
      return tagged.put("kind", fraction ? "number" : "integer").put("text", value.toString());
    }
    if (value instanceof String text) {
      return StandardCharsets.UTF_8.newEncoder().canEncode(text)
          ? tagged.put("kind", "string").put("text", text)
          : bytes(tagged, withLoneSurrogates(text));
    }
    if (value instanceof byte[] octets) {
      return bytes(tagged, octets);
    }
    if (value instanceof Object[] items && depth < DEEPEST) {
      return list(tagged, List.of(items), depth);
    }
    if (value instanceof Collection<?> items && depth < DEEPEST) {
      return list(tagged, items, depth);
    }
    if (value instanceof Map<?, ?> map && depth < DEEPEST) {
      ArrayNode entries = tagged.put("kind", "map").putArray("entries");
      map.forEach(
          (key, each) ->
              entries
                  .addObject()
                  .put("key", String.valueOf(key))
                  .set("value", encode(each, depth + 1)));
      return tagged;
    }
    return tagged.put("kind", "other").put("text", depth < DEEPEST ? printed(value) : "");
  }

  private static ObjectNode list(ObjectNode tagged, Collection<?> items, int depth) {
    ArrayNode list = tagged.put("kind", "list").putArray("items");
    items.forEach(item -> list.add(encode(item, depth + 1)));
    return tagged;
  }

  private static ObjectNode bytes(ObjectNode tagged, byte[] bytes) {
    return tagged.put("kind", "bytes").put("base64", Base64.getEncoder().encodeToString(bytes));
  }

  /** UTF-8 in which half a pair is a character of its own. */
  private static byte[] withLoneSurrogates(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    text.codePoints()
        .forEach(
            point -> {
              if (Character.MIN_SURROGATE <= point && point <= Character.MAX_SURROGATE) {
                bytes.write(0xE0 | point >> 12);
                bytes.write(0x80 | point >> 6 & 0x3F);
                bytes.write(0x80 | point & 0x3F);
              } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
              }
            });
    return bytes.toByteArray();
  }

  /** What an object prints of itself; nothing where that is only its address. */
  private static String printed(Object value) throws ... 

  static HashMap<String, Object> decodeAll(JsonNode values) throws Fault {
    HashMap<String, Object> decoded = new LinkedHashMap<>();
  }
}
