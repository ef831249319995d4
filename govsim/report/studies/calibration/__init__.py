"""What a calibration shows people: ``tables`` as files, ``words`` as text, ``figure`` as a picture, ``command`` the door."""
