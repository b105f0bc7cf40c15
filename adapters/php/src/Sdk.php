<?php

declare(strict_types=1);

namespace Conform;

/**
 * Finds out by reflection what this release of the SDK has, and calls it as its users do.
 */
final class Sdk
{
    private const MODELS = 'Files\Model\\';

    /** The parameter of a method that takes everything that has no parameter of its own. */
    private const REST = ['params', 'attributes'];

    /** The resources that are listed; some releases have others that end PHP when they are loaded. */
    private const LISTED = ['Session', 'User'];

    /**
     * What the package says of itself; the SDK has no constant of it, or a wrong one.
     */
    public static function version(): string
    {
        $folder = dirname((string) (new \ReflectionClass('Files\Files'))->getFileName(), 2);

        return trim((string) file_get_contents("{$folder}/_VERSION"));
    }

    /**
     * @return list<array<string, mixed>>
     */
    public static function operations(): array
    {
        $found = [];
        foreach (self::LISTED as $resource) {
            foreach (self::forms(self::model($resource)) as $operation => $forms) {
                $found[] = compact('resource', 'operation', 'forms');
            }
        }

        return $found;
    }

    /**
     * The class of a resource.
     */
    public static function model(string $resource): \ReflectionClass
    {
        $name = self::MODELS . $resource;
        $model = class_exists($name) ? new \ReflectionClass($name) : null;

        // PHP does not tell the case of names apart, its users do.
        return $model?->getName() === $name ? $model : throw new Unsupported("there is no {$name}");
    }

    /**
     * @param array<string, mixed>  $parameters
     * @param array<string, string> $options
     */
    public static function construct(\ReflectionClass $model, array $parameters, array $options): object
    {
        return $model->newInstance(...self::arguments($model->getConstructor(), $parameters, $options));
    }

    /**
     * @param array<string, mixed>  $parameters
     * @param array<string, string> $options
     */
    public static function callStatic(
        \ReflectionClass $model,
        string $operation,
        array $parameters,
        array $options,
    ): mixed {
        $method = self::method($model, self::mapped($model)[$operation] ?? $operation);
        if (!$method->isStatic()) {
            throw new Unsupported("{$operation} of {$model->getShortName()} is not static");
        }

        return $model->getName()::$operation(...self::arguments($method, $parameters, $options));
    }

    /**
     * @param array<string, mixed>  $parameters
     * @param array<string, string> $options
     */
    public static function callOn(object $object, string $operation, array $parameters, array $options): mixed
    {
        $method = self::method(new \ReflectionClass($object), $operation);

        return $object->$operation(...self::arguments($method, $parameters, $options));
    }

    /**
     * An attribute as a tagged value.
     *
     * @return array<string, mixed>
     */
    public static function read(mixed $value, string $name): array
    {
        $has = is_object($value) && (property_exists($value, $name) || method_exists($value, '__get'));
        $read = $has ? $value->$name : null;
        // Of a name that it has never heard of an object of the SDK says null.
        $known = $read !== null || ($has && method_exists($value, 'get' . str_replace('_', '', $name)));

        return $known ? Values::encode($read) : Values::ABSENT;
    }

    /**
     * The outcome of a call that threw.
     *
     * @return array<string, mixed>
     */
    public static function raised(\Throwable $error): array
    {
        $own = str_starts_with(get_class($error), 'Files\\');
        $type = method_exists($error, 'getType') ? @$error->getType() : null;

        return [
            'outcome' => 'raised',
            'error' => get_class($error),
            'ancestors' => array_values(class_parents($error)),
            'message' => $error->getMessage(),
            // The code of an error of the SDK's is the status of the answer, 0 without one.
            'http_status' => $own && $error->getCode() !== 0 ? $error->getCode() : null,
            'api_type' => is_string($type) ? $type : null,
        ];
    }

    /**
     * How each operation of a resource can be called, by name.
     *
     * @return array<string, list<string>>
     */
    private static function forms(\ReflectionClass $model): array
    {
        $forms = ['new' => ['construct']];
        foreach ($model->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            $accessor = preg_match('/^(get|set|is)[A-Z0-9]|^__/', $method->getName()) === 1;
            if (!$accessor) {
                $forms[$method->getName()] = $method->isStatic() ? ['static', 'instance'] : ['instance'];
            }
        }

        return $forms + array_fill_keys(array_keys(self::mapped($model)), ['static']);
    }

    /**
     * The names that the SDK maps to methods because PHP once reserved them.
     *
     * @return array<string, string>
     */
    private static function mapped(\ReflectionClass $model): array
    {
        $mapped = $model->getStaticPropertyValue('static_mapped_functions', []);

        return array_filter($mapped, $model->hasMethod(...));
    }

    private static function method(\ReflectionClass $model, string $name): \ReflectionMethod
    {
        $method = $model->hasMethod($name) ? $model->getMethod($name) : null;
        if ($method?->getName() !== $name || !$method->isPublic() || str_starts_with($name, '__')) {
            throw new Unsupported("there is no {$name} of {$model->getShortName()}");
        }

        return $method;
    }

    /**
     * What a caller would write: what has a name of its own, then the rest, then the options.
     *
     * @param array<string, mixed>  $parameters
     * @param array<string, string> $options
     *
     * @return array<string, mixed>
     */
    private static function arguments(
        \ReflectionMethod $method,
        array $parameters,
        array $options,
    ): array {
        $takes = array_column($method->getParameters(), 'name');
        $named = array_intersect_key($parameters, array_flip(array_diff($takes, self::REST, ['options'])));
        $rest = array_diff_key($parameters, $named);
        $whole = array_fill_keys(self::REST, $rest) + ['options' => $options];
        $lacks = $rest !== [] && array_intersect(self::REST, $takes) === [];
        if ($lacks || ($options !== [] && !in_array('options', $takes, true))) {
            throw new Unsupported("{$method->getName()} takes (" . implode(', ', $takes) . ') and no more');
        }

        return $named + array_filter(array_intersect_key($whole, array_flip($takes)));
    }
}
