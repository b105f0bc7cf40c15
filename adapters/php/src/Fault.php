<?php

declare(strict_types=1);

namespace Conform;

/**
 * The adapter cannot do what it was asked; the SDK has no part in it.
 */
final class Fault extends \Exception
{
    public function __construct(int $code, string $message)
    {
        parent::__construct($message, $code);
    }
}
