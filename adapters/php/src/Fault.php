<?php

declare(strict_types=1);

namespace Conform;

/**
 * The adapter cannot do what it was asked; the SDK has no part in it. Its code is the protocol's.
 */
final class Fault extends \Exception
{
    /**
     * @param ?int $request the number of a request that cannot be read
     */
    public function __construct(string $message, int $code, public readonly ?int $request = null)
    {
        parent::__construct($message, $code);
    }
}
