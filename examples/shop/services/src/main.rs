//! Runs the shop's services until it is told to stop.

use shop_services::{Options, Service, StartError, UsageError, start};
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(UsageError::Help) => {
            println!("{}", UsageError::Help);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("shop-services: {error}\nTry `shop-services --help`.");
            return ExitCode::from(2);
        }
    };
    // Blocking threads only run SQLite, on a few connections.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().max_blocking_threads(16).enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(&options)).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop-services: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), StartError> {
    let running = start(options, |line| println!("{line}")).await?;
    for service in Service::ALL {
        println!("{service} listening on http://{}", running.address(service));
    }
    // Whoever reads `ready` may send a signal at once.
    let terminate = signal(SignalKind::terminate());
    println!("ready");
    wait_for_signal(terminate).await;
    running.stop().await;
    Ok(())
}

/// Returns on SIGTERM or Ctrl-C; at once if signals cannot be had.
async fn wait_for_signal(terminate: std::io::Result<Signal>) {
    let Ok(mut terminate) = terminate else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
