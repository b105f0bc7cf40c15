package conform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    String type = value.getClass().getTypeName().replaceFirst("^java\\.lang\\.", "");
    ObjectNode tagged = JSON.objectNode().put("native", type);
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
      return list(tagged, Arrays.asList(items), depth);
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
  private static String printed(Object value) {
    String address = value.getClass().getName() + "@" + Integer.toHexString(value.hashCode());
    String text = String.valueOf(value);
    return text.equals(address) ? "" : text;
  }

  /** Named tagged values as the map that a caller passes, without the absent ones. */
  static HashMap<String, Object> decodeAll(JsonNode values) throws Fault {
    if (!values.isMissingNode() && !values.isObject()) {
      throw new Fault(Fault.WRONG_PARAMS, values + " is not an object");
    }
    HashMap<String, Object> decoded = new LinkedHashMap<>();
    for (var names = values.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!values.get(name).path("kind").asText().equals("absent")) {
        decoded.put(name, decode(values.get(name)));
      }
    }
    return decoded;
  }

  private static Object decode(JsonNode value) throws Fault {
    try {
      return decoded(value);
    } catch (IllegalArgumentException error) {
      throw new Fault(Fault.WRONG_PARAMS, "Java has no value for " + value);
    }
  }

  private static Object decoded(JsonNode value) throws Fault {
    String text = value.path("text").asText();
    return switch (value.path("kind").asText()) {
      case "null" -> null;
      case "boolean" -> Boolean.valueOf(text);
      case "integer" -> whole(new BigInteger(text));
      case "number" -> Double.valueOf(text);
      case "string" -> text;
      case "bytes" -> Base64.getDecoder().decode(value.path("base64").asText());
      case "list" -> {
        List<Object> items = new ArrayList<>();
        for (JsonNode item : value.path("items")) {
          items.add(decode(item));
        }
        yield array(items);
      }
      case "map" -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (JsonNode entry : value.path("entries")) {
          map.put(entry.path("key").asText(), decode(entry.path("value")));
        }
        yield map;
      }
      default -> throw new IllegalArgumentException("there is no such kind");
    };
  }

  /** A whole number as the literal that a caller would write. */
  private static Object whole(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  /** An array of strings, of longs and so on; of objects where the items differ or lack. */
  private static Object[] array(List<Object> items) {
    Set<Class<?>> types = new HashSet<>();
    items.forEach(item -> types.add(item == null ? Object.class : item.getClass()));
    Class<?> type = types.size() == 1 ? types.iterator().next() : Object.class;
    return items.toArray((Object[]) Array.newInstance(type, items.size()));
  }
}
