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

  private static final Set<Class<?>> LITERALS =
      Set.of(Boolean.class, Double.class, Long.class, String.class);

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

  /** Whether a caller leaves the argument out. */
  static boolean isAbsent(JsonNode value) {
    return value.path("kind").asText().equals("absent");
  }

  /** Named tagged values as the map that a caller passes, without the absent ones. */
  static HashMap<String, Object> decodeAll(JsonNode values, Kept kept)
      throws Fault, ReflectiveOperationException {
    if (!values.isObject()) {
      throw new Fault(Fault.WRONG_PARAMS, values + " is not an object");
    }
    HashMap<String, Object> decoded = new LinkedHashMap<>();
    for (var names = values.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!isAbsent(values.get(name))) {
        decoded.put(name, decode(values.get(name), kept));
      }
    }
    return decoded;
  }

  /** A tagged value as a Java value. */
  static Object decode(JsonNode value, Kept kept) throws Fault, ReflectiveOperationException {
    try {
      return decoded(value, kept);
    } catch (IllegalArgumentException error) {
      throw new Fault(Fault.WRONG_PARAMS, "Java has no such value: " + error.getMessage());
    }
  }

  private static Object decoded(JsonNode value, Kept kept)
      throws Fault, ReflectiveOperationException {
    return switch (value.path("kind").asText()) {
      case "null" -> null;
      case "boolean" -> Boolean.valueOf(Fault.required(value, "text"));
      case "integer" -> whole(new BigInteger(Fault.required(value, "text")));
      case "number" -> Double.valueOf(Fault.required(value, "text"));
      case "string" -> Fault.required(value, "text");
      case "bytes" -> Base64.getDecoder().decode(Fault.required(value, "base64"));
      case "list" -> {
        List<Object> items = new ArrayList<>();
        for (JsonNode item : value.path("items")) {
          items.add(decode(item, kept));
        }
        yield array(items);
      }
      case "map" -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (JsonNode entry : value.path("entries")) {
          map.put(Fault.required(entry, "key"), decode(entry.path("value"), kept));
        }
        yield map;
      }
      case "kept" -> kept.argument(value);
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
    Class<?> only = types.size() == 1 ? types.iterator().next() : Object.class;
    Class<?> type = LITERALS.contains(only) ? only : Object.class;
    return items.toArray((Object[]) Array.newInstance(type, items.size()));
  }
}
