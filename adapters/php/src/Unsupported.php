<?php

declare(strict_types=1);

namespace Conform;

/**
 * This release has nothing of that kind.
 */
final class Unsupported extends \Exception
{
}
