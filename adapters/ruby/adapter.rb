# frozen_string_literal: true

# Calls the Files.com SDK for Ruby as the suite asks, and reports what happened.
#
# Usage: ruby adapter.rb FOLDER-THAT-GEM-INSTALLED-INTO
class Adapter
  VERSION = "1.0.0"
  GEM = "files.com"
  LEVELS = {
    "none" => nil, "error" => :LEVEL_ERROR, "info" => :LEVEL_INFO, "debug" => :LEVEL_DEBUG
  }.freeze
  SETTINGS = {
    session_id: :session_id=,
    api_key: :api_key=,
    attempts: :max_network_retries=,
    connect_seconds: :open_timeout=,
    read_seconds: :read_timeout=,
    first_delay_seconds: :initial_network_retry_delay=,
    longest_delay_seconds: :max_network_retry_delay=
  }.freeze
  # The parameter of a method of the SDK that takes everything that has no parameter of its own.
  REST = %i[params attributes].freeze

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

  def start(protocol:, base_url:, ca_file: nil, log_level: "none")
    unless protocol == Wire::PROTOCOL
      raise Wire::Fault.new(-32_000, "this adapter speaks only version #{Wire::PROTOCOL}")
    end

    trust(ca_file) if ca_file
    load_sdk
    @models = models
    Files.base_url = base_url
    Files.log_level = LEVELS.fetch(log_level)&.then { |name| Files.const_get(name) }
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

  def configure(credentials: {}, network: {})
    wanted = { **credentials, **network }
    applied, unsupported = wanted.keys.partition { |name| Files.respond_to?(SETTINGS.fetch(name)) }
    # The SDK's number counts what follows the first attempt.
    wanted[:attempts] -= 1 if wanted.key?(:attempts)
    applied.each { |name| Files.public_send(SETTINGS.fetch(name), wanted[name]) }
    { applied: applied, unsupported: unsupported }
  end

  def call(
    resource:, operation: "", form: "static", parameters: {}, options: {},
    on: nil, keep: nil, read: []
  )
    given = [Wire.decode_all(parameters), options]
    kept = @kept.fetch(on) if %w[instance read].include?(form)
    outcome(read) do
      result =
        case form
        when "static" then invoke(model(resource), operation, *given)
        when "instance" then invoke(kept, operation, *given)
        when "construct" then construct(model(resource), *given)
        when "read" then kept
        else raise Wire::Fault.new(-32_602, "there is no form #{form.inspect}")
        end
      @kept[keep] = result if keep
      result
    end
  end

  def run(code:, bind: {}, read: [])
    names = Object.new.instance_eval { binding }
    Wire.decode_all(bind).each { |name, value| names.local_variable_set(name, value) }
    outcome(read) { names.eval(code, "sample") }
  end

  def stop
    {}
  end

  private

  # The outcome of a call, whatever the SDK raises.
  def outcome(read)
    Wire.returned(yield, read)
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
      operations: @models.flat_map { |name, model| operations(name, model) },
      error_families: %w[Files::Error],
      capabilities: %w[run ca_file log_level instances]
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

  def construct(model, parameters, options)
    model.new(*arguments(model.instance_method(:initialize), parameters, options))
  end

  def invoke(owner, operation, parameters, options)
    own = owner.is_a?(Class) ? owner.singleton_methods(false) : owner.class.instance_methods(false)
    name = owner.is_a?(Class) ? owner : "an object of #{owner.class}"
    raise Unsupported, "#{name} has no #{operation}" unless own.include?(operation.to_sym)

    method = owner.method(operation)
    method.call(*arguments(method, parameters, options))
  end

  # The arguments that a caller would write: what has a name of its own, the rest, the options.
  def arguments(method, parameters, options)
    takes = method.parameters.map(&:last)
    rest = parameters.except(*(takes - REST - [:options]))
    if (rest.any? && (takes & REST).empty?) || (options.any? && !takes.include?(:options))
      raise Unsupported, "#{method.name} takes (#{takes.join(', ')}) and no more"
    end

    named = { **parameters, params: rest, attributes: rest, options: options }
    given = takes.take_while { |name| named.key?(name) }.map { |name| named[name] }
    given.pop while given.last == {}
    given
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
