<?php

declare(strict_types=1);

namespace Conform;

/**
 * Calls the Files.com SDK for PHP as the suite asks, and reports what happened.
 */
final class Adapter
{
    private const VERSION = '1.0.0';
    private const PACKAGE = 'files.com/files-php-sdk';
    private const SETTINGS = [
        'attempts' => 'maxNetworkRetries',
        'connect_seconds' => 'connectTimeout',
        'read_seconds' => 'readTimeout',
        'first_delay_seconds' => 'minNetworkRetryDelay',
        'longest_delay_seconds' => 'maxNetworkRetryDelay',
    ];

    /** The bases of the SDK's errors, under the names they had in its history. */
    private const FAMILIES = [
        'Files\Exception\FilesException',
        'Files\FilesException',
        'Files\ApiException',
    ];

    private bool $loading = false;

    /** @var array<string, array<string, mixed>> what reset puts back: static properties by class */
    private array $settings = [];

    /** @var array<string, mixed> what is kept between calls, by its handle */
    private array $kept = [];

    public function __construct(private readonly string $folder)
    {
    }

    public function hasStarted(): bool
    {
        return $this->settings !== [];
    }

    public function isLoading(): bool
    {
        return $this->loading;
    }

    /**
     * @return array<string, mixed>
     */
    public function start(
        int $protocol,
        string $base_url,
        ?string $ca_file = null,
        string $log_level = 'none',
    ): array {
        if ($protocol !== Wire::PROTOCOL) {
            throw new Fault('this adapter speaks only version ' . Wire::PROTOCOL, -32000);
        }
        $this->load();
        \Files\Files::setBaseUrl($base_url);
        \Files\Files::$logLevel = constant('Files\LogLevel::' . strtoupper($log_level));
        foreach (['Files\Files', 'Files\Logger'] as $class) {
            $this->settings[$class] = (new \ReflectionClass($class))->getStaticProperties();
        }

        return $this->about();
    }

    /**
     * @return array<string, mixed>
     */
    public function reset(): array
    {
        $this->kept = [];
        foreach ($this->settings as $class => $properties) {
            $reflection = new \ReflectionClass($class);
            foreach ($properties as $name => $value) {
                $reflection->setStaticPropertyValue($name, $value);
            }
        }

        return [];
    }

    /**
     * @param array<string, string>    $credentials
     * @param array<string, int|float> $network
     *
     * @return array<string, mixed>
     */
    public function configure(array $credentials = [], array $network = []): array
    {
        $wanted = $credentials + $network;
        $made = array_filter($wanted, $this->set(...), ARRAY_FILTER_USE_BOTH);

        return [
            'applied' => array_keys($made),
            'unsupported' => array_keys(array_diff_key($wanted, $made)),
        ];
    }

    /**
     * @param array<string, array<string, mixed>> $parameters
     * @param array<string, string>               $options
     * @param list<string>                        $read
     *
     * @return array<string, mixed>
     */
    public function call(
        string $resource,
        string $operation = '',
        string $form = 'static',
        array $parameters = [],
        array $options = [],
        ?string $on = null,
        ?string $keep = null,
        array $read = [],
    ): array {
        $arguments = [Values::decodeAll($parameters), $options];
        $kept = match ($form) {
            'instance', 'read' => $this->kept[$on] ?? throw new Fault("nothing is kept under {$on}", -32602),
            default => null,
        };

        return $this->outcome(function () use ($resource, $operation, $form, $kept, $keep, $arguments): mixed {
            $result = match ($form) {
                'static' => Sdk::callStatic(Sdk::model($resource), $operation, ...$arguments),
                'instance' => Sdk::callOn($kept, $operation, ...$arguments),
                'construct' => Sdk::construct(Sdk::model($resource), ...$arguments),
                'read' => $kept,
                default => throw new Fault("there is no form {$form}", -32602),
            };
            if ($keep !== null) {
                $this->kept[$keep] = $result;
            }

            return $result;
        }, $read);
    }

    /**
     * @param array<string, array<string, mixed>> $bind
     * @param list<string>                        $read
     *
     * @return array<string, mixed>
     */
    public function run(string $code, array $bind = [], array $read = []): array
    {
        $evaluate = static function (string $__code, array $__names): mixed {
            extract($__names);

            return eval($__code);
        };

        return $this->outcome(static fn (): mixed => $evaluate($code, Values::decodeAll($bind)), $read);
    }

    /**
     * @return array<string, mixed>
     */
    public function stop(): array
    {
        return [];
    }

    private function load(): void
    {
        $this->loading = true;
        try {
            require "{$this->folder}/vendor/autoload.php";
            if (!class_exists('Files\Files')) {
                throw new \Error('Class "Files\Files" not found');
            }
        } catch (\Throwable $error) {
            throw new Fault(get_class($error) . ": {$error->getMessage()}", -32002);
        } finally {
            $this->loading = false;
        }
    }

    /**
     * @return array<string, mixed>
     */
    private function about(): array
    {
        $trusts = function_exists('pcntl_exec') ? ['ca_file'] : [];

        return [
            'adapter' => ['name' => 'php', 'version' => self::VERSION],
            'sdk' => ['name' => self::PACKAGE, 'version' => Sdk::version()],
            'runtime' => ['name' => 'PHP', 'version' => PHP_VERSION],
            'operations' => Sdk::operations(),
            'error_families' => array_values(array_filter(self::FAMILIES, 'class_exists')),
            'capabilities' => ['run', 'log_level', 'instances', ...$trusts],
        ];
    }

    /**
     * Makes one global setting, and says whether this release has it.
     */
    private function set(mixed $value, string $name): bool
    {
        if ($name === 'session_id') {
            \Files\Files::setSessionId($value);
        } elseif ($name === 'api_key') {
            \Files\Files::setApiKey($value);
        } elseif (!property_exists('Files\Files', self::SETTINGS[$name])) {
            return false;
        } elseif ($name !== 'attempts') {
            \Files\Files::${self::SETTINGS[$name]} = (float) $value;
        } elseif ($value === 1) {
            // The SDK counts what follows the first attempt. With a count of none it takes every
            // answer for an error, a success too, so that it cannot be limited to one attempt.
            return false;
        } else {
            \Files\Files::$maxNetworkRetries = $value - 1;
        }

        return true;
    }

    /**
     * The outcome of a call, whatever the SDK throws.
     *
     * @param list<string> $read
     *
     * @return array<string, mixed>
     */
    private function outcome(\Closure $carryOut, array $read): array
    {
        try {
            $value = $carryOut();
            $attributes = [];
            foreach ($read as $name) {
                $attributes[$name] = Sdk::read($value, $name);
            }

            return [
                'outcome' => 'returned',
                'value' => Values::encode($value),
                'attributes' => (object) $attributes,
            ];
        } catch (Unsupported $reason) {
            return ['outcome' => 'unsupported', 'reason' => $reason->getMessage()];
        } catch (Fault $fault) {
            throw $fault;
        } catch (\Throwable $error) {
            return Sdk::raised($error);
        }
    }
}
