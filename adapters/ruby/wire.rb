# frozen_string_literal: true

require "json"

# Speaks the suite's protocol, version 2: one JSON-RPC message a line, values tagged.
#
# Nothing here knows an SDK: it fits any adapter that is written in Ruby.
module Wire
  PROTOCOL = 2
  METHODS = %w[start reset configure call run echo stop].freeze
  # The methods that do not need the SDK.
  ALWAYS = %w[start echo stop].freeze
  # What a parameter is, if it is not a string.
  TYPES = {
    protocol: Integer, positional: Array, read: Array,
    **%i[named options rig settings bind value].to_h { |name| [name, Hash] }
  }.freeze
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
    request = parsed(line)
    case request
    in { id: Integer => id, method: String => name }
      params = request.fetch(:params, {})
      [{ id: id, result: chosen(adapter, name, params).call(**params) }, name == "stop"]
    else refused(nil, -32_600, "not a request")
    end
  rescue Fault => e
    refused(id, e.code, e.message)
  rescue StandardError, SystemStackError => e # what the SDK raises is a result: it never gets here
    refused(id, -32_603, "#{e.class}: #{e.message}")
  end

  def parsed(line)
    JSON.parse(line, max_nesting: false, symbolize_names: true)
  rescue JSON::ParserError, EncodingError, SystemStackError => e
    raise Fault.new(-32_700, "not JSON: #{e.message}")
  end

  def refused(id, code, message)
    [{ id: id, error: { code: code, message: unicode(message) } }, false]
  end

  # What an adapter does for a method of the protocol with these parameters.
  def chosen(adapter, name, params)
    unless METHODS.include?(name) && (name == "echo" || adapter.respond_to?(name))
      raise Fault.new(-32_601, "there is no method #{name.inspect}")
    end
    raise Fault.new(-32_001, "start comes first") unless adapter.started? || ALWAYS.include?(name)

    chosen = name == "echo" ? method(:echo) : adapter.method(name)
    return chosen if takes?(chosen, params)

    raise Fault.new(-32_602, "these are not the parameters of #{name}")
  end

  def takes?(method, params)
    return false unless params.is_a?(Hash)

    names = method.parameters.map(&:last)
    needed = method.parameters.filter_map { |kind, name| name if kind == :keyreq }
    (needed - params.keys).empty? &&
      (method.parameters.assoc(:keyrest) || (params.keys - names).empty?) &&
      params.slice(*names).all? { |name, each| each.nil? || each.is_a?(TYPES.fetch(name, String)) }
  end

  # A value on its way in both directions.
  def echo(value:)
    { value: encode(decode(value)) }
  end

  # The outcome of a call that returned, with the attributes that were asked for.
  def returned(value, read)
    attributes = read.to_h do |name|
      [name, own?(value, name) ? encode(value.public_send(name)) : ABSENT]
    rescue StandardError => e
      [name, { kind: "raised", **described(e) }]
    end
    { outcome: "returned", value: encode(value), attributes: attributes }
  end

  # Whether an object has a method beside those that every object has.
  def own?(object, name)
    object.respond_to?(name) && ![Object, Kernel, BasicObject].include?(object.method(name).owner)
  end

  # The outcome of a call that raised.
  def raised(error, http_status = nil, api_type = nil)
    ancestors = error.class.ancestors.grep(Class) - [error.class, Object, BasicObject]
    {
      outcome: "raised",
      **described(error),
      ancestors: ancestors.map(&:to_s),
      printed: text { printed(error) },
      members: members(error),
      http_status: http_status.is_a?(Integer) ? http_status : nil,
      api_type: api_type.is_a?(String) ? unicode(api_type) : nil
    }
  end

  def described(error)
    { error: error.class.to_s, message: text { error.message } }
  end

  # What Ruby prints of an error and of its causes, without the lines of code they come from.
  def printed(error)
    causes = [error]
    causes << causes.last.cause while causes.last.cause
    places = causes.filter_map { |each| each.backtrace&.first }
    lines = unicode(error.full_message(highlight: false, order: :top)).lines
    lines = lines.grep_v(/\A\t(from | \.\.\. \d+ levels)/)
    lines.map { |line| places.reduce(line) { |text, at| text.delete_prefix("#{at}: ") } }.join.chomp
  end

  # What an error has beside that which every error has, and beside what Ruby has for itself.
  def members(error)
    classes = error.class.ancestors.take_while { |each| each != Exception }.grep(Class)
    names = classes.flat_map { |each| each.public_instance_methods(false) }.uniq
    names -= [*Exception.public_instance_methods, :local_variables]
    names.sort.each_with_object({}) do |name, members|
      next unless name.match?(/\w\z/) && error.method(name).arity.zero?

      members[name] = encode(error.public_send(name))
    rescue StandardError
      next
    end
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
      when Array, Hash then encode_all(value, depth + 1)
      else { kind: "other", text: value.method(:to_s).owner == Kernel ? "" : text { value } }
      end
    tagged.merge(native: value.class.to_s)
  end

  def encode_string(value)
    return { kind: "string", text: value.encode("UTF-8") } if unicode?(value)

    { kind: "bytes", base64: [value].pack("m0") }
  end

  def encode_all(values, depth)
    return { kind: "other", text: "" } if depth > DEEPEST
    return { kind: "list", items: values.map { |item| encode(item, depth) } } if values.is_a?(Array)

    entries = values.map { |key, value| { key: unicode(key.to_s), value: encode(value, depth) } }
    { kind: "map", entries: entries }
  end

  # A tagged value as the Ruby value that a caller would write, with keys that are :to_sym or :to_s.
  def decode(value, keys = :to_sym)
    case value
    in { kind: "null" } then nil
    in { kind: "boolean", text: "true" | "false" => text } then text == "true"
    in { kind: "integer", text: String => text } then Integer(text, 10)
    in { kind: "number", text: String => text } then Float(text)
    in { kind: "string", text: String => text } then text
    in { kind: "bytes", base64: String => text } then text.unpack1("m0")
    in { kind: "list" } then value.fetch(:items, []).map { |item| decode(item, keys) }
    in { kind: "map" }
      value.fetch(:entries, []).to_h { |each| [each[:key].send(keys), decode(each[:value], keys)] }
    else raise Fault.new(-32_602, "Ruby has no value for #{value}")
    end
  rescue ArgumentError, SystemStackError => e
    raise Fault.new(-32_602, e.message)
  end

  # Whether a string is text: in an encoding that has a meaning, and valid in it.
  def unicode?(text)
    text.ascii_only? || (text.encoding != Encoding::BINARY && text.valid_encoding?)
  end

  # What a block says, as a text; empty where it raises.
  def text
    unicode(yield.to_s)
  rescue StandardError
    ""
  end

  # A text for people; what is not valid Unicode is replaced.
  def unicode(text)
    text = text.dup.force_encoding("UTF-8") if text.encoding == Encoding::BINARY
    text.encode("UTF-8", invalid: :replace, undef: :replace).scrub
  end
end
