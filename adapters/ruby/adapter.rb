# frozen_string_literal: true

# Calls the Files.com SDK for Ruby as the suite asks, and reports what happened.
#
# Usage: ruby adapter.rb FOLDER-THAT-GEM-INSTALLED-INTO
class Adapter
  VERSION = "2.0.0"
  GEM = "files.com"
  RIG = {
    # The SDK's number counts what follows the first attempt.
    attempts: ->(count) { Files.max_network_retries = count - 1 },
    connect_seconds: ->(seconds) { Files.open_timeout = seconds },
    read_seconds: ->(seconds) { Files.read_timeout = seconds },
    delay_seconds: lambda do |seconds|
      Files.initial_network_retry_delay = Files.max_network_retry_delay = seconds
    end
  }.freeze

  # This release has nothing of that kind.
  class Unsupported < StandardError; end

  def initialize(folder)
    @kept = {}
    Gem.paths = { "GEM_PATH" => [folder, *Gem.path].join(File::PATH_SEPARATOR) }
    specifications = Dir[File.join(folder, "specifications", "#{GEM}-*.gemspec")]
    @gem = specifications.map { |path| Gem::Specification.load(path) }.max_by(&:version)
    @gem.activate
  rescue LoadError => e
    @trouble = e
  end

  def started?
    !@settings.nil?
  end

  def start(protocol:, base_url:, ca_file: nil, log_level: "none", **)
    unless protocol == Wire::PROTOCOL
      raise Wire::Fault.new(-32_000, "this adapter speaks only version #{Wire::PROTOCOL}")
    end

    trust(ca_file) if ca_file
    load_sdk
    @models = models
    Files.base_url = base_url
    # The README has no name for errors alone.
    named = { "none" => nil, "error" => Files::LEVEL_ERROR }
    Files.log_level = named.fetch(log_level, log_level)
    @settings = Files.instance_variables.to_h { |name| [name, Files.instance_variable_get(name)] }
    about
  end

  def reset
    @kept.clear
    (Files.instance_variables - @settings.keys).each { |name| Files.remove_instance_variable(name) }
    @settings.each { |name, value| Files.instance_variable_set(name, value) }
    # The SDK keeps its clients and their connections as variables of the thread.
    Thread.current.keys.grep(/\Afiles_api_client/).each { |name| Thread.current[name] = nil }
    {}
  end

  def configure(rig: {}, settings: {})
    made, unmade = rig.keys.partition { |name| RIG.key?(name) }
    made.each { |name| RIG[name].call(rig[name]) }
    applied, unsupported = settings.keys.partition { |name| Files.respond_to?("#{name}=") }
    attempt do
      applied.each { |name| Files.public_send("#{name}=", argument(settings[name])) }
      { outcome: "configured", applied: made + applied, unsupported: unmade + unsupported }
    end
  end

  def call(
    resource:, operation: "", form: "static", positional: [], named: nil, options: nil,
    keys: "symbols", on: nil, keep: nil, read: []
  )
    attempt do
      given = arguments(positional, [named, options].compact, keys == "strings" ? :to_s : :to_sym)
      result =
        case form
        when "static" then invoke(model(resource), operation, given)
        when "instance" then invoke(kept(on), operation, given)
        when "construct" then model(resource).new(*given)
        when "read" then kept(on)
        else raise Wire::Fault.new(-32_602, "there is no form #{form.inspect}")
        end
      @kept[keep] = result if keep
      Wire.returned(result, read)
    end
  end

  def run(code:, bind: {}, read: [])
    names = Object.new.instance_eval { binding }
    bind.each { |name, value| names.local_variable_set(name, argument(value)) }
    attempt { Wire.returned(names.eval(code, "sample"), read) }
  end

  def stop
    {}
  end

  private

  # The outcome of what needs the SDK, whatever that raises.
  def attempt
    yield
  rescue Unsupported => e
    Wire.unsupported(e.message)
  rescue Wire::Fault, SignalException
    raise
  rescue Exception => e # rubocop:disable Lint/RescueException -- exit is a result too
    Wire.raised(e, attribute(e, :http_status), attribute(e, :type))
  end

  def attribute(error, name)
    error.public_send(name) if error.respond_to?(name)
  end

  def load_sdk
    raise @trouble if @trouble

    require GEM
  rescue Exception => e # rubocop:disable Lint/RescueException -- so may an SDK exit here
    raise Wire::Fault.new(-32_002, "#{e.class}: #{e.message}")
  end

  def about
    {
      adapter: { name: "ruby", version: VERSION },
      sdk: { name: GEM, version: @gem.version.to_s },
      runtime: { name: RUBY_ENGINE, version: RUBY_VERSION },
      loaded: $LOADED_FEATURES.find { |path| path.end_with?("/#{GEM}.rb") },
      operations: @models.flat_map { |name, model| operations(name, model) },
      error_families: %w[Files::Error],
      capabilities: %w[run ca_file log_level instances symbols]
    }
  end

  # The classes of the SDK's resources, by name.
  def models
    classes = Files.constants.sort.to_h { |name| [name.to_s, Files.const_get(name)] }
    classes.select { |_, model| model.is_a?(Class) && model.method_defined?(:attributes) }
  end

  def model(resource)
    @models.fetch(resource) { raise Unsupported, "there is no Files::#{resource}" }
  end

  def operations(resource, model)
    forms = Hash.new { |found, name| found[name] = [] }
    forms["new"] << "construct"
    model.singleton_methods(false).sort.each { |name| forms[name.to_s] << "static" }
    model.public_instance_methods(false).sort.each do |name|
      forms[name.to_s] << "instance" if operation?(model.instance_method(name))
    end
    forms.map { |name, how| { resource: resource, operation: name, forms: how } }
  end

  # Whether a method is more than a getter or a setter of an attribute.
  def operation?(method)
    method.name == :save || (method.arity != 0 && !method.name.end_with?("="))
  end

  def invoke(owner, operation, arguments)
    own = owner.is_a?(Class) ? owner.singleton_methods(false) : owner.class.instance_methods(false)
    name = owner.is_a?(Class) ? owner : "an object of #{owner.class}"
    raise Unsupported, "#{name} has no #{operation}" unless own.include?(operation.to_sym)

    owner.public_send(operation, *arguments)
  end

  # The arguments as a caller writes them, with keys that are :to_sym or :to_s.
  def arguments(positional, hashes, keys)
    positional = positional.reject { |value| absent?(value) }
    positional.map { |value| argument(value, keys) } + hashes.map do |values|
      given = values.reject { |_, value| absent?(value) }
      given.to_h { |name, value| [name.send(keys), argument(value, keys)] }
    end
  end

  def absent?(argument)
    argument == Wire::ABSENT
  end

  def argument(value, keys = :to_sym)
    case value
    in { kind: "kept", handle:, attribute: String => name } then kept(handle).public_send(name)
    in { kind: "kept", handle: } then kept(handle)
    else Wire.decode(value, keys)
    end
  end

  def kept(handle)
    @kept.fetch(handle) { raise Wire::Fault.new(-32_602, "nothing is kept as #{handle.inspect}") }
  end

  # Adds authorities to the ones that OpenSSL trusts.
  def trust(ca_file)
    own = OpenSSL::X509::DEFAULT_CERT_FILE
    known = [own, ca_file].select { |path| File.file?(path) }
    bundle = File.join(Dir.mktmpdir, "authorities.pem")
    File.write(bundle, known.map { |path| File.read(path) }.join("\n"))
    ENV["SSL_CERT_FILE"] = bundle
  end
end

# What is required before the SDK's gem is active would bring other versions of what that needs.
adapter = Adapter.new(*ARGV)
require "openssl"
require "tmpdir"
require_relative "wire"
Wire.serve(adapter)
