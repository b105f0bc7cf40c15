# frozen_string_literal: true

require "json"

# Speaks the suite's protocol, version 1: one JSON-RPC message a line, values tagged.
#
# Nothing here knows an SDK: it fits any adapter that is written in Ruby.
module Wire
  PROTOCOL = 1
  METHODS = %w[start reset configure call run stop].freeze
  ABSENT = { kind: "absent" }.freeze
  # How many lists and maps inside each other are shown; whoever reads them has a limit too.
  DEEPEST = 64

  # The adapter cannot do what it was asked; the SDK has no part in it.
  class Fault < StandardError
    attr_reader :code

    def initialize(code, message)
      super(message)
      @code = code
    end
  end

  module_function

  # Answers requests with the methods of an adapter until it has stopped or nobody asks.
  #
  # The SDK gets a standard input that is empty and a standard output that is standard error, so
  # that nothing it reads or prints comes between requests and replies.
  def serve(adapter)
    requests = $stdin.dup.set_encoding("UTF-8")
    replies = $stdout.dup.set_encoding("UTF-8")
    $stdin.reopen(File::NULL)
    $stdout.reopen($stderr)
    requests.each_line do |line|
      reply, stopped = answer(adapter, line)
      replies.puts(JSON.generate({ jsonrpc: "2.0", **reply }, max_nesting: 0))
      replies.flush
      break if stopped
    end
  end

  # The reply to one line, and whether it is the last.
  def answer(adapter, line)
    request = JSON.parse(line, max_nesting: false, symbolize_names: true)
    return refused(nil, -32_600, "not a request") unless request.is_a?(Hash) && request[:method]

    id, method = request.values_at(:id, :method)
    result = chosen(adapter, method).call(**request.fetch(:params, {}))
    [{ id: id, result: result }, method == "stop"]
  rescue JSON::ParserError => e
    refused(nil, -32_700, "not JSON: #{e.message}")
  rescue Fault => e
    refused(id, e.code, e.message)
  rescue StandardError => e # what the SDK raises is a result and never gets here
    refused(id, -32_602, "#{e.class}: #{e.message}")
  end

  def refused(id, code, message)
    [{ id: id, error: { code: code, message: unicode(message) } }, false]
  end

  # What an adapter does for a method of the protocol.
  def chosen(adapter, method)
    unless METHODS.include?(method) && adapter.respond_to?(method)
      raise Fault.new(-32_601, "there is no method #{method.inspect}")
    end
    unless adapter.started? || %w[start stop].include?(method)
      raise Fault.new(-32_001, "start comes first")
    end

    adapter.method(method)
  end

  # The outcome of a call that returned, with the attributes that were asked for.
  def returned(value, read)
    attributes = read.to_h do |name|
      [name, own?(value, name) ? encode(value.public_send(name)) : ABSENT]
    end
    { outcome: "returned", value: encode(value), attributes: attributes }
  end

  # Whether an object has a method beside those that every object has.
  def own?(object, name)
    object.respond_to?(name) && ![Object, Kernel, BasicObject].include?(object.method(name).owner)
  end

  # The outcome of a call that raised.
  def raised(error, http_status, api_type)
    {
      outcome: "raised",
      error: error.class.to_s,
      ancestors: error.class.ancestors.drop(1).grep(Class).map(&:to_s) - %w[Object BasicObject],
      message: unicode(error.message.to_s),
      http_status: http_status.is_a?(Integer) ? http_status : nil,
      api_type: api_type.is_a?(String) ? unicode(api_type) : nil
    }
  end

  # The outcome of a call of something that does not exist.
  def unsupported(reason)
    { outcome: "unsupported", reason: reason }
  end

  # A Ruby value as a tagged one.
  def encode(value, depth = 0)
    tagged =
      case value
      when nil then { kind: "null" }
      when true, false then { kind: "boolean", text: value.to_s }
      when Integer then { kind: "integer", text: value.to_s }
      when Numeric then { kind: "number", text: value.to_s }
      when String then encode_string(value)
      when Array, Hash then depth < DEEPEST ? encode_all(value, depth + 1) : { kind: "other" }
      else { kind: "other", text: value.method(:to_s).owner == Kernel ? "" : unicode(value.to_s) }
      end
    tagged.merge(native: value.class.to_s)
  end

  def encode_string(value)
    return { kind: "string", text: value.encode("UTF-8") } if unicode?(value)

    { kind: "bytes", base64: [value].pack("m0") }
  end

  def encode_all(values, depth)
    return { kind: "list", items: values.map { |item| encode(item, depth) } } if values.is_a?(Array)

    entries = values.map { |key, value| { key: unicode(key.to_s), value: encode(value, depth) } }
    { kind: "map", entries: entries }
  end

  # A tagged value as the Ruby value that a caller would write.
  def decode(value)
    case value
    in { kind: "null" } then nil
    in { kind: "boolean", text: } then text == "true"
    in { kind: "integer", text: } then Integer(text, 10)
    in { kind: "number", text: } then Float(text)
    in { kind: "string", text: } then text
    in { kind: "bytes", base64: } then base64.unpack1("m0")
    in { kind: "list" } then value.fetch(:items, []).map { |item| decode(item) }
    in { kind: "map" }
      value.fetch(:entries, []).to_h { |entry| [entry[:key].to_sym, decode(entry[:value])] }
    else raise Fault.new(-32_602, "Ruby has no value for #{value}")
    end
  end

  # Named values without the absent ones, which a caller would not write.
  def decode_all(values)
    values.reject { |_, value| value[:kind] == "absent" }.transform_values { |value| decode(value) }
  end

  # Whether a string is text: in an encoding that has a meaning, and valid in it.
  def unicode?(text)
    text.ascii_only? || (text.encoding != Encoding::BINARY && text.valid_encoding?)
  end

  # A text for people; what is not valid Unicode is replaced.
  def unicode(text)
    text = text.dup.force_encoding("UTF-8") if text.encoding == Encoding::BINARY
    text.encode("UTF-8", invalid: :replace, undef: :replace).scrub
  end
end
